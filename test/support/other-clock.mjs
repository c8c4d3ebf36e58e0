// Preloaded into a sync of a test with `node --import`: this process's clock stands so many
// milliseconds off. The product has no such switch; this is what a wrong clock of the machine does.
const off = Number(process.env.CONCLAVE_TEST_CLOCK_OFF);
const RealDate = Date;

globalThis.Date = class extends RealDate {
  constructor(...given) {
    if (given.length === 0) super(RealDate.now() + off);
    else super(...given);
  }

  static now() {
    return RealDate.now() + off;
  }
};
process.stderr.write(`clock off by ${off}\n`);

// A vitest reporter: names what failed, a line each, and counts in one line that stays the last one.
function firstLine(errors) {
  return (errors[0]?.message ?? '').split('\n', 1)[0];
}

export default class ClosingLine {
  onTestRunEnd(modules, errors) {
    const count = { passed: 0, failed: 0, skipped: 0 };
    const faults = [];
    const fail = (what, why) => {
      count.failed += 1;
      faults.push(`NOT OK  ${what}: ${firstLine(why)}`);
    };
    for (const error of errors) fail('outside of a test', [error]);
    for (const module of modules) {
      let tests = 0;
      for (const test of module.children.allTests()) {
        const { state, errors: why } = test.result();
        tests += 1;
        if (state === 'failed') fail(`${module.relativeModuleId} > ${test.fullName}`, why);
        else count[state] += 1;
      }
      // A file that does not load has no tests to fail.
      if (tests === 0 && !module.ok()) fail(module.relativeModuleId, module.errors());
    }
    process.on('exit', () => {
      for (const fault of faults) console.log(fault);
      const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : '';
      console.log(`${count.passed} passed, ${count.failed} failed${skipped}`);
    });
  }
}

// Parts of the tests beside each other, without saying beforehand how long each takes.

/**
 * Works through the parts in order, `count` of them at once: whichever lane is free takes the next.
 * The longest belong at the front. `work` is given a part and the number of its lane, from 0.
 * @returns what each part came to, in the order of the parts
 */
export async function inLanes(parts, count, work) {
  const results = [];
  const waiting = parts.entries();
  const lane = async (number) => {
    for (const [at, part] of waiting) results[at] = await work(part, number);
  };
  await Promise.all(Array.from({ length: count }, (_, number) => lane(number)));
  return results;
}

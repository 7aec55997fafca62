/** Stops the journey with words, and tells TypeScript what is known from here on. */
export function check(condition: unknown, words: string): asserts condition {
  if (!condition) throw new Error(words);
}

/** Compiles only where every case has been handled. */
export function unreachable(left: never): never {
  throw new Error(`Not handled: ${JSON.stringify(left)}`);
}

export function environment(name: string): string {
  const value = process.env[name];
  check(value, `${name} is not set.`);
  return value;
}

/** A picture of one pixel. */
export const PICTURE = Uint8Array.from(
  atob("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="),
  (character) => character.charCodeAt(0),
);

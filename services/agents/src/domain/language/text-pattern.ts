/** Sigma's string values: whole value, `*` any run, `?` one character, `\` escapes `*`, `?` and `\` only. */

const ANY_RUN = Symbol('*');
const ANY_ONE = Symbol('?');
type Token = string | typeof ANY_RUN | typeof ANY_ONE;

/** Adds `*` before or after what the rule says, for contains, startswith and endswith. */
export interface Openness {
  start: boolean;
  end: boolean;
}

export type TextTest = (value: string) => boolean;

function tokensOf(pattern: string, open: Openness): Token[] {
  const tokens: Token[] = open.start ? [ANY_RUN] : [];
  const push = (token: Token): void => {
    const last = tokens.at(-1);
    if (typeof token === 'string' && typeof last === 'string') tokens[tokens.length - 1] = last + token;
    else if (token !== ANY_RUN || last !== ANY_RUN) tokens.push(token);
  };
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i]!;
    const next = pattern[i + 1];
    if (char === '\\' && (next === '*' || next === '?' || next === '\\')) {
      push(next);
      i++;
    } else if (char === '*') push(ANY_RUN);
    else if (char === '?') push(ANY_ONE);
    else push(char);
  }
  if (open.end) push(ANY_RUN);
  return tokens;
}

/** The text that a pattern without wildcards stands for; null where it has some. */
export function literalOf(pattern: string, open: Openness): string | null {
  const tokens = tokensOf(pattern, open);
  if (tokens.length === 0) return '';
  return tokens.length === 1 && typeof tokens[0] === 'string' ? tokens[0] : null;
}

/** One step a character, back to the last `*` on a mismatch: at most (value × pattern) steps, no recursion. */
function wildcardTest(steps: readonly (string | symbol)[]): TextTest {
  return (value) => {
    let at = 0;
    let step = 0;
    let lastRun = -1;
    let runAt = 0;
    while (at < value.length) {
      const want = steps[step];
      if (want === ANY_RUN) {
        lastRun = step++;
        runAt = at;
      } else if (want === ANY_ONE || want === value[at]) {
        step++;
        at++;
      } else if (lastRun >= 0) {
        step = lastRun + 1;
        at = ++runAt;
      } else return false;
    }
    while (steps[step] === ANY_RUN) step++;
    return step === steps.length;
  };
}

function compile(tokens: readonly Token[]): TextTest {
  const [first, second, third] = tokens;
  if (tokens.length === 0) return (value) => value === '';
  if (tokens.length === 1) return typeof first === 'string' ? (value) => value === first : wildcardTest([first!]);
  if (tokens.length === 2 && typeof first === 'string' && second === ANY_RUN) return (value) => value.startsWith(first);
  if (tokens.length === 2 && first === ANY_RUN && typeof second === 'string') return (value) => value.endsWith(second);
  if (tokens.length === 3 && first === ANY_RUN && typeof second === 'string' && third === ANY_RUN) {
    return (value) => value.includes(second);
  }
  return wildcardTest(
    tokens.flatMap((token): (string | symbol)[] => (typeof token === 'string' ? token.split('') : [token])),
  );
}

/** Compiles a pattern; without `cased`, upper and lower case are alike. */
export function textPattern(pattern: string, open: Openness, cased: boolean): TextTest {
  const test = compile(tokensOf(cased ? pattern : pattern.toLowerCase(), open));
  return cased ? test : (value) => test(value.toLowerCase());
}

/** Whether a text that a script or a plugin wrote reads like an error, where no form of its own tells. */
const FAULT =
  /\b(?:fail(?:ed|ure|s)?|errors?|exception|can'?t|cannot|could ?n[o']t|unable|denied|invalid|refused|not found|no such|no process|missing|aborting|timed out|busy|too many|illegal)\b/i;
const LONGEST = 512;

export function tellsOfFault(text: string): boolean {
  return FAULT.test(text.length > LONGEST ? text.slice(0, LONGEST) : text);
}

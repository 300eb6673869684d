/** Flags that change how a Java pattern is read from here on. */
export interface RegexFlags {
  /** ASCII letters match both cases. */
  readonly ignoreCase: boolean;
  readonly multiline: boolean;
  readonly dotAll: boolean;
  /** Only `\n` ends a line. */
  readonly unixLines: boolean;
  /** Blanks and `#` comments don't count. */
  readonly comments: boolean;
}

/** A place in a Java pattern that is being translated. */
export class RegexCursor {
  readonly pattern: string;
  at = 0;
  flags: RegexFlags = { ignoreCase: false, multiline: false, dotAll: false, unixLines: false, comments: false };

  constructor(pattern: string) {
    this.pattern = pattern;
  }

  get done(): boolean {
    return this.at >= this.pattern.length;
  }

  /** The UTF-16 unit here; empty at the end. */
  peek(): string {
    return this.pattern.charAt(this.at);
  }

  startsWith(text: string): boolean {
    return this.pattern.startsWith(text, this.at);
  }

  /** Steps over `text` if it stands here. */
  take(text: string): boolean {
    if (!this.startsWith(text)) return false;
    this.at += text.length;
    return true;
  }

  expect(text: string, what: string): void {
    if (!this.take(text)) throw this.error(`${what} lacks its "${text}"`);
  }

  /** What a sticky expression matches here, stepped over, or null. */
  match(sticky: RegExp): RegExpExecArray | null {
    sticky.lastIndex = this.at;
    const match = sticky.exec(this.pattern);
    if (match !== null) this.at = sticky.lastIndex;
    return match;
  }

  /** The code point here, stepped over. */
  codePoint(): number {
    const code = this.pattern.codePointAt(this.at);
    if (code === undefined) throw this.error('the pattern ends too early');
    this.at += code > 0xffff ? 2 : 1;
    return code;
  }

  /** In comments mode steps over blanks and comments. */
  skipComments(): void {
    if (this.flags.comments) this.match(/(?:[ \t\n\v\f\r]|#[^\n\r\u0085\u2028\u2029]*)*/y);
  }

  error(reason: string): SyntaxError {
    return new SyntaxError(
      `the regex ${JSON.stringify(this.pattern)} can't be used: ${reason} (at character ${this.at + 1})`,
    );
  }
}

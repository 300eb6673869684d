import type { SpecArray, SpecObject } from './specTree.ts';

/** A place where the text is not JSON. */
export interface SyntaxProblem {
  readonly offset: number;
  readonly length: number;
  readonly message: string;
  readonly hint: string | null;
  /** True where everything after it can still be trusted: a comment, a trailing comma. */
  readonly harmless: boolean;
}

/** `ParseErrorCode` of jsonc-parser 3, a const enum that cannot be imported under `isolatedModules`. */
const InvalidSymbol = 1;
const InvalidNumberFormat = 2;
const PropertyNameExpected = 3;
const ValueExpected = 4;
const ColonExpected = 5;
const CommaExpected = 6;
const CloseBraceExpected = 7;
const CloseBracketExpected = 8;
const EndOfFileExpected = 9;
const InvalidCommentToken = 10;
const UnexpectedEndOfComment = 11;
const UnexpectedEndOfString = 12;
const UnexpectedEndOfNumber = 13;
const InvalidUnicode = 14;
const InvalidEscapeCharacter = 15;
const InvalidCharacter = 16;

/**
 * One fault of jsonc-parser as a sentence, or null where it only repeats the fault before it.
 * @param closed the object or array that ended last: what is missing its bracket
 */
export function syntaxProblem(
  text: string,
  code: number,
  offset: number,
  length: number,
  closed: SpecObject | SpecArray | null,
): SyntaxProblem | null {
  const fault = (message: string, hint: string | null = null): SyntaxProblem => ({
    offset,
    length: Math.max(length, 1),
    message,
    hint,
    harmless: false,
  });
  switch (code) {
    case InvalidCommentToken:
    case UnexpectedEndOfComment:
      return { ...fault('comments are not JSON', 'delete the comment'), harmless: true };
    case InvalidSymbol:
      return wrongSymbol(text.slice(offset, offset + length), fault);
    case InvalidNumberFormat:
    case UnexpectedEndOfNumber:
      return fault(`${shown(text, offset, length)} is not a number`);
    case PropertyNameExpected:
    case ValueExpected:
      return missingValue(text, code, offset, fault);
    case ColonExpected:
      return fault('a colon is missing after the field name');
    case CommaExpected:
      return missingComma(text, offset);
    case CloseBraceExpected:
    case CloseBracketExpected:
      return neverClosed(text, code, closed, fault);
    case EndOfFileExpected:
      return textAfterEnd(text, offset, fault);
    case UnexpectedEndOfString:
      return fault('this text has no closing quote', 'a quote inside the text is written \\"');
    case InvalidUnicode:
    case InvalidEscapeCharacter:
      return fault('a backslash is followed by something JSON does not know', 'a backslash itself is written \\\\');
    case InvalidCharacter:
      return fault('a control character stands inside a text', 'write it as an escape, such as \\t or \\u0001');
    default:
      return fault('this is not JSON');
  }
}

type Fault = (message: string, hint?: string | null) => SyntaxProblem;

function wrongSymbol(symbol: string, fault: Fault): SyntaxProblem {
  const message = `${JSON.stringify(symbol.slice(0, 40))} is not JSON`;
  if (symbol.startsWith('...') || symbol === '\u2026') {
    return fault(message, 'documentation leaves text out with dots; the whole spec is needed here');
  }
  if (/^(<|%|\$|\{\{)/.test(symbol))
    return fault(message, 'this looks like a template placeholder that was not filled in');
  if (symbol.startsWith("'")) return fault(message, 'JSON texts stand in double quotes');
  const keyword = {
    None: 'null',
    nil: 'null',
    NULL: 'null',
    True: 'true',
    TRUE: 'true',
    False: 'false',
    FALSE: 'false',
  };
  const meant = Object.hasOwn(keyword, symbol) ? keyword[symbol as keyof typeof keyword] : null;
  if (meant !== null) return fault(message, `write ${meant}`);
  return fault(message, 'texts and field names stand in double quotes');
}

function missingValue(text: string, code: number, offset: number, fault: Fault): SyntaxProblem | null {
  if (text.trim() === '' || text === '\uFEFF') return fault('the file is empty');
  const next = text[offset];
  const before = lastSignificant(text, offset);
  if ((next === '}' || next === ']') && text[before] === ',') {
    // jsonc-parser tells the comma before a brace twice: no name, then no value.
    if (code === ValueExpected && next === '}') return null;
    return {
      offset: before,
      length: 1,
      message: `a comma stands before the closing "${next}"`,
      hint: 'delete the comma',
      harmless: true,
    };
  }
  if (next === undefined) return fault('the text ends where a value should follow');
  if (code === PropertyNameExpected)
    return fault(`a field name in double quotes should stand here, not ${JSON.stringify(next)}`);
  return fault(`a value should stand here, not ${JSON.stringify(next)}`);
}

function missingComma(text: string, offset: number): SyntaxProblem {
  const before = lastSignificant(text, offset);
  return {
    offset: before + 1,
    length: 1,
    message: 'a comma is missing here, before the next value or field',
    hint: null,
    harmless: false,
  };
}

function neverClosed(text: string, code: number, closed: SpecObject | SpecArray | null, fault: Fault): SyntaxProblem {
  const bracket = code === CloseBraceExpected ? '{' : '[';
  if (closed === null) return fault(`a "${bracket}" is never closed`);
  const line = text.slice(0, closed.offset).split('\n').length;
  return {
    offset: closed.offset,
    length: 1,
    message: `the "${bracket}" opened here, in line ${line}, is never closed`,
    hint: 'the text ends before its bracket comes',
    harmless: false,
  };
}

function textAfterEnd(text: string, offset: number, fault: Fault): SyntaxProblem {
  if (text[offset] === ':') {
    return fault('the file starts with a field, not with "{"', 'put the whole text in { and }');
  }
  return fault('the JSON ends before this, but more text follows', 'one file holds one spec');
}

function shown(text: string, offset: number, length: number): string {
  return JSON.stringify(text.slice(offset, offset + Math.min(Math.max(length, 1), 40)));
}

function lastSignificant(text: string, offset: number): number {
  let at = offset - 1;
  while (at >= 0 && /\s/.test(text[at] as string)) at--;
  return at;
}

export function javaRegExp(pattern: string): RegExp {
  return new RegExp(pattern, 'u');
}

/** Names of properties whose values are keys to something. */
const SECRET_NAME = /secret|password|token|credential|access\.?key|account\.key/i;

/** True for a property whose value should not be shown. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}

/** An address without the passwords in it: `jdbc:mysql://h/db?user=x&password=***`, `s3://***@bucket/path`. */
export function withoutSecrets(text: string): string {
  return text.replace(/((?:password|secret|token)[^=&;]*=)[^&;]*/gi, '$1***').replace(/(\w:\/\/)[^/@\s]+@/g, '$1***@');
}

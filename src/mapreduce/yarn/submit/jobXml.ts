/** Properties of a job as Hadoop's Configuration reads them. */
export function jobXml(properties: Readonly<Record<string, string>>): string {
  const lines = Object.entries(properties).map(
    ([name, value]) => `<property><name>${escapeXml(name)}</name><value>${escapeXml(value)}</value></property>`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n<configuration>\n${lines.join('\n')}\n</configuration>\n`;
}

/** Readers of XML normalize carriage returns. */
function escapeXml(text: string): string {
  for (let at = 0; at < text.length; at++) {
    if (isText(text.charCodeAt(at))) continue;
    throw new Error(`A job property holds the character #${text.charCodeAt(at)}, which job.xml cannot hold: ${text}`);
  }
  return text.replace(/[&<>\r]/g, (char) => ESCAPES[char]);
}

/** XML 1.0 has no way to write most control characters. */
function isText(code: number): boolean {
  return code >= 0x20 ? code < 0xfffe : code === 0x09 || code === 0x0a || code === 0x0d;
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#13;' };

/** java.net.URLEncoder, in which Hadoop Streaming keeps its commands. */
export function urlEncoded(text: string): string {
  return encodeURIComponent(text)
    .replace(/[!'()~]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+');
}

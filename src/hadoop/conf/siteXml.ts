/** Reads one of Hadoop's `*-site.xml` files (org.apache.hadoop.conf.Configuration). */

import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type SaxesAttributeNS, SaxesParser, type SaxesTagNS } from 'saxes';

/** One `<property>`. */
export interface SiteProperty {
  readonly name: string;
  readonly value: string;
  /** Files read later must not change it. */
  readonly isFinal: boolean;
}

const XINCLUDE = 'http://www.w3.org/2001/XInclude';
/** Includes inside includes: more is a circle. */
const INCLUDE_DEPTH_MAX = 20;

/**
 * All properties of a file in their order, those of the files that it includes (`xi:include`) at their place. What stands in an
 * `xi:fallback` counts where the included file does not exist.
 *
 * @throws Error that names file, line and column, for what is no XML or no configuration; ENOENT for a file that is not there
 */
export async function readSiteXml(path: string, depth = 0): Promise<SiteProperty[]> {
  if (depth > INCLUDE_DEPTH_MAX) {
    throw new Error(`${path} is included by itself, over other files. Take one of the xi:include elements out.`);
  }
  const properties: SiteProperty[] = [];
  for (const part of parse(await readFile(path, 'utf8'), path)) {
    if (!('href' in part)) properties.push(part);
    else properties.push(...(await included(part, path, depth)));
  }
  return properties;
}

/** An `xi:include`, with what stands in its fallback; null where it has none. */
interface Include {
  readonly href: string;
  readonly fallback: SiteProperty[] | null;
}

async function included({ href, fallback }: Include, from: string, depth: number): Promise<readonly SiteProperty[]> {
  const path = href.startsWith('file:') ? fileURLToPath(href) : resolve(dirname(from), href);
  try {
    return await readSiteXml(path, depth + 1);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    if (fallback !== null) return fallback;
    throw new Error(
      `${from} includes ${path}, which does not exist. Put it there, or add an <xi:fallback/> to the xi:include.`,
    );
  }
}

/** The parts of a property while it is read. */
interface OpenProperty {
  name: string | null;
  value: string | null;
  isFinal: boolean;
}

function parse(text: string, path: string): (SiteProperty | Include)[] {
  const parts: (SiteProperty | Include)[] = [];
  let include: { href: string; fallback: SiteProperty[] | null } | null = null;
  let open: OpenProperty | null = null;
  let element = '';
  let words = '';
  let hasRoot = false;
  const parser = new SaxesParser({ xmlns: true, fileName: path });
  parser.on('error', (error) => {
    const problem = error.message.replace(`${path}:`, 'at ').replace(/\.$/, '');
    throw new Error(`${path} is not well-formed XML: ${problem}. Mend the file.`);
  });
  parser.on('opentag', (tag: SaxesTagNS) => {
    if (!hasRoot && tag.local !== 'configuration') {
      throw new Error(
        `${path} is no Hadoop configuration: its root element is <${tag.name}>, where <configuration> was expected.`,
      );
    }
    hasRoot = true;
    element = tag.local;
    words = '';
    if (tag.uri === XINCLUDE) {
      if (tag.local === 'include') include = { href: attribute(tag, 'href') ?? '', fallback: null };
      else if (include !== null) include.fallback = [];
    } else if (tag.local === 'property') {
      open = {
        name: attribute(tag, 'name'),
        value: attribute(tag, 'value'),
        isFinal: attribute(tag, 'final') === 'true',
      };
    }
  });
  const addText = (more: string) => {
    words += more;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', (tag: SaxesTagNS) => {
    if (tag.uri === XINCLUDE) {
      if (tag.local === 'include' && include !== null) {
        parts.push(include);
        include = null;
      }
    } else if (tag.local === 'property') {
      const { name, value, isFinal } = open as OpenProperty;
      // A property without a value is none, as in Hadoop.
      if (name !== null && value !== null) (include?.fallback ?? parts).push({ name: name.trim(), value, isFinal });
      open = null;
    } else if (open !== null && element === tag.local) {
      if (tag.local === 'name') open.name = words;
      else if (tag.local === 'value') open.value = words;
      else if (tag.local === 'final') open.isFinal = words.trim() === 'true';
    }
  });
  parser.write(text).close();
  return parts;
}

function attribute(tag: SaxesTagNS, name: string): string | null {
  return (tag.attributes[name] as SaxesAttributeNS | undefined)?.value ?? null;
}

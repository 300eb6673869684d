import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { CACHE, classPath, harnessOptions, JAVA } from '../../../scripts/druid/jars.mjs';

/** What a command printed, and 0 when it went well. */
export interface Answer {
  readonly exit: number;
  readonly output: string;
}

/**
 * One JVM with Druid in it, started at the first question and kept, because a start costs seconds. Questions are
 * answered one after the other. It ends when this process does. Its log is .cache/e2e/NAME.log.
 */
export class Jvm {
  private readonly name: string;
  private readonly mainClass: string;
  private readonly classPath: string;
  private process: ChildProcessWithoutNullStreams | null = null;
  private readonly waiting: { resolve(answer: Answer): void; reject(error: Error): void }[] = [];

  /**
   * @param name of the harness, and of its folders in .cache/e2e
   * @param jars folders of jars, in class path order
   */
  constructor(name: string, mainClass: string, jars: readonly string[]) {
    this.name = name;
    this.mainClass = mainClass;
    this.classPath = classPath([JAVA, join(CACHE, `${name}-classes`)], jars);
  }

  /** @throws when the JVM dies before it answers; a command that merely fails is an {@link Answer} */
  ask(...args: string[]): Promise<Answer> {
    this.process ??= this.start();
    this.process.stdin.write(`${JSON.stringify({ args })}\n`);
    return new Promise((resolve, reject) => this.waiting.push({ resolve, reject }));
  }

  private start(): ChildProcessWithoutNullStreams {
    const scratch = join(CACHE, `${this.name}-scratch`);
    mkdirSync(scratch, { recursive: true });
    const log = join(CACHE, `${this.name}.log`);
    const child = spawn('java', [...harnessOptions(scratch), '-cp', this.classPath, this.mainClass], {
      stdio: ['pipe', 'pipe', openSync(log, 'w')],
    }) as ChildProcessWithoutNullStreams;
    createInterface({ input: child.stdout, crlfDelay: Number.POSITIVE_INFINITY }).on('line', (line) => {
      this.waiting.shift()?.resolve(JSON.parse(line) as Answer);
    });
    child.on('error', (error) => this.fail(`java cannot be started: ${error.message}`));
    child.on('exit', (code) => this.fail(`the JVM of ${this.name} ended with exit code ${code}; see ${log}`));
    return child;
  }

  private fail(reason: string): void {
    this.process = null;
    for (const { reject } of this.waiting.splice(0)) reject(new Error(reason));
  }
}

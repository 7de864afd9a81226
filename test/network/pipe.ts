/**
 * The pipe between a node and its lamp driver, which can be held: what the node says stays in it
 * until it is let go, as words do that a stopped or overloaded host still has in its buffers.
 */
import { connect, createServer, type Server, type Socket } from 'node:net';

export class Pipe {
  /** Lines that are in the pipe. */
  held: string[] = [];
  readonly #server: Server;
  readonly #calls = new Set<Socket>();
  readonly #to = new Set<() => void>();
  #isHeld = false;

  static async open(path: string, driver: string): Promise<Pipe> {
    const pipe = new Pipe(driver);
    await new Promise<void>((resolve, reject) => {
      pipe.#server.once('error', reject);
      pipe.#server.listen(path, resolve);
    });
    return pipe;
  }

  private constructor(driver: string) {
    this.#server = createServer((node) => this.#join(node, connect(driver)));
  }

  hold(): void {
    this.#isHeld = true;
  }

  /** Lets out what is in the pipe, in its order. */
  release(): void {
    this.#isHeld = false;
    this.held = [];
    for (const flush of this.#to) flush();
  }

  close(): Promise<void> {
    for (const call of this.#calls) call.destroy();
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  #join(node: Socket, driver: Socket): void {
    let waiting: Buffer[] = [];
    const flush = () => {
      for (const bytes of waiting) driver.write(bytes);
      waiting = [];
    };
    this.#to.add(flush);
    node.on('data', (bytes: Buffer) => {
      waiting.push(bytes);
      if (this.#isHeld) this.held.push(...String(bytes).split('\n').filter(Boolean));
      else flush();
    });
    driver.on('data', (bytes) => node.write(bytes));
    const ends = [node, driver];
    for (const end of ends) {
      this.#calls.add(end);
      end.on('error', () => {}); // Its end follows.
      end.on('close', () => {
        this.#calls.delete(end);
        this.#to.delete(flush);
        for (const other of ends) other.destroy();
      });
    }
  }
}

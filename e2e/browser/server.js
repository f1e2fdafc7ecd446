// The server of one test file, and the simulated devices around it: crates/tillsyn-testkit/examples/e2e_server.rs.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export class Server {
  static async start(args = []) {
    const program = process.env.TILLSYN_E2E_SERVER;
    if (!program) throw new Error('run the browser tests with e2e/run');
    const server = new Server();
    server.child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    server.answers = createInterface({ input: server.child.stdout })[Symbol.asyncIterator]();
    server.child.on('error', (error) => { throw error; });
    Object.assign(server, await server.#next());
    return server;
  }

  // Orders are answered one after the other.
  async order(what, more = {}) {
    const turn = (this.turn ?? Promise.resolve()).then(async () => {
      this.child.stdin.write(`${JSON.stringify({ do: what, ...more })}\n`);
      return this.#next();
    });
    this.turn = turn.catch(() => {});
    const answer = await turn;
    if (answer.error) throw new Error(`${what}: ${answer.error}`);
    return answer;
  }

  async stop() {
    const ended = new Promise((done) => { this.child.once('exit', done); });
    this.child.stdin.end();
    await ended;
  }

  async #next() {
    const { value, done } = await this.answers.next();
    if (done) throw new Error('the server has ended');
    return JSON.parse(value);
  }
}

import type { Agent, ClientRequest } from "node:http";
import type { Duplex } from "node:stream";

/**
 * Gives up a kept connection on which anything comes while nothing is asked: it would be taken for the answer to the next
 * request, which may be a write.
 */
export function destroyWhereUnasked(agent: Agent): void {
  const hooks = agent as unknown as Hooks;
  const { keepSocketAlive, reuseSocket } = hooks;
  const watching = new WeakMap<Duplex, () => void>();
  hooks.keepSocketAlive = (socket) => {
    const refuse = (): void => void socket.destroy();
    watching.set(socket, refuse);
    socket.on("data", refuse).resume();
    return keepSocketAlive.call(agent, socket);
  };
  hooks.reuseSocket = (socket, request) => {
    const refuse = watching.get(socket);
    if (refuse) socket.off("data", refuse);
    reuseSocket.call(agent, socket, request);
  };
}

/** What Node documents of an agent, and its types do not know. */
interface Hooks {
  keepSocketAlive: (socket: Duplex) => boolean;
  reuseSocket: (socket: Duplex, request: ClientRequest) => void;
}

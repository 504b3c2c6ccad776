import type { Agent, ClientRequest } from "node:http";
import type { Duplex } from "node:stream";

/**
 * Drops a kept-alive connection that receives data without a pending request: the data would be taken for the response
 * to the next request, which may be a write.
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

/** Documented by Node, but missing from its types. */
interface Hooks {
  keepSocketAlive: (socket: Duplex) => boolean;
  reuseSocket: (socket: Duplex, request: ClientRequest) => void;
}

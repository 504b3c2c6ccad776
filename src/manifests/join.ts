import type { Consumer, Delivery, Use } from "../model/consumer.js";
import { type Behind, behindUse } from "./behind.js";

/** A use, and the Vault values behind it. */
export interface BackedUse extends Use {
  readonly behind: readonly Behind[];
}

export interface DeliveryConsumers {
  readonly delivery: Delivery;
  readonly consumers: readonly (Omit<Consumer, "uses"> & { readonly uses: readonly BackedUse[] })[];
}

/** For each delivery, the consumers in its namespace that use its Secret. */
export function joinConsumers(
  deliveries: readonly Delivery[],
  consumers: readonly Consumer[],
): readonly DeliveryConsumers[] {
  const bySecret = new Map<string, Map<Consumer, Use[]>>();
  for (const consumer of consumers) {
    for (const use of consumer.uses) {
      const id = `${consumer.object.namespace}/${use.secret}`;
      const users = bySecret.get(id) ?? new Map<Consumer, Use[]>();
      bySecret.set(id, users);
      const uses = users.get(consumer) ?? [];
      users.set(consumer, uses);
      uses.push(use);
    }
  }
  return deliveries.map((delivery) => ({
    delivery,
    consumers: [...(bySecret.get(`${delivery.object.namespace}/${delivery.secret}`) ?? [])].map(([consumer, uses]) => ({
      ...consumer,
      uses: uses.map((use) => ({ ...use, behind: behindUse(delivery, use.keys) })),
    })),
  }));
}

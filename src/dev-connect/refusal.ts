/** An answer that is an error, as the document's `ErrorResponse`. */
export class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export function vaultNotFound(id: string): Refusal {
  return new Refusal(404, `vault ${id} not found`);
}

export function itemNotFound(id: string): Refusal {
  return new Refusal(404, `item ${id} not found`);
}

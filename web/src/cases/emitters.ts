/** Whether an emitter speaks for the brand, as the server says (`Emitter::is_ours`). */
export const isOurs = (emitter: string) => ['brand', 'employee', 'paid'].includes(emitter);

// The smallest event source that the page needs. A listener that throws does not stop the others.
export class Emitter {
  #listeners = new Map();

  // Returns a function that takes the listener away again.
  on(name, listener) {
    const list = this.#listeners.get(name) ?? new Set();
    list.add(listener);
    this.#listeners.set(name, list);
    return () => list.delete(listener);
  }

  emit(name, value) {
    for (const listener of this.#listeners.get(name) ?? []) {
      try {
        listener(value);
      } catch (error) {
        console.error(`listener of ${name}:`, error);
      }
    }
  }
}

/** What was typed and not stored, and what it was typed over. */
export interface TypedText {
  text: string;
  from: string;
}

/**
 * A text that can be typed over. It follows its source until something is typed;
 * what is typed then stays, whatever becomes of the source.
 */
export class Typed {
  private own = $state.raw<TypedText | null>(null);

  /** `source` is what is stored; `kept` is what was typed before, if anything. */
  constructor(
    private readonly source: () => string,
    kept: TypedText | null = null,
  ) {
    this.own = kept;
  }

  /** What the field shows. */
  get text(): string {
    return this.own?.text ?? this.source();
  }

  set text(text: string) {
    this.own = { text, from: this.own?.from ?? this.source() };
  }

  /** Is something typed that is not stored? */
  get dirty(): boolean {
    return this.own !== null && this.own.text !== this.source();
  }

  /** Did the source change under what is typed? */
  get moved(): boolean {
    return this.dirty && this.own?.from !== this.source();
  }

  /** What is typed and not stored, to go on with it later. */
  get kept(): TypedText | null {
    return this.dirty ? this.own : null;
  }

  /** Follows the source again. */
  forget(): void {
    this.own = null;
  }
}

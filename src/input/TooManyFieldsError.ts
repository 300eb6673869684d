/** More distinct fields in a split than dimensions can be found. Running the task again would not help. */
export class TooManyFieldsError extends Error {
  readonly retryable = false;

  constructor(most: number, name: string) {
    super(
      `A part of the input (one split) has more than ${most} different fields (the next one is ${JSON.stringify(name.slice(0, 100))}), and all of them would become ` +
        'dimensions. List the dimensions in dimensionsSpec.dimensions; names that hold values (ids, times) belong into a field of their own.',
    );
    this.name = 'TooManyFieldsError';
  }
}

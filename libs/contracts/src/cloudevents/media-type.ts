/** How a message carries events, by its content type; `other` leaves it to the headers. */
export type StructuredMode = 'structured' | 'batch' | 'other';

const structuredPrefix = 'application/cloudevents';
const batchPrefix = 'application/cloudevents-batch';

/** Tells the content mode that a content type announces; case does not count, parameters do not count. */
export function structuredModeOf(contentType: string | undefined): StructuredMode {
  const mediaType = bareMediaType(contentType ?? '');
  if (mediaType.startsWith(batchPrefix)) return 'batch';
  return mediaType.startsWith(structuredPrefix) ? 'structured' : 'other';
}

/** Tells whether a media type declares JSON: its subtype is json or ends with +json. */
export function isJsonMediaType(contentType: string): boolean {
  const subtype = bareMediaType(contentType).split('/')[1] ?? '';
  return subtype === 'json' || subtype.endsWith('+json');
}

function bareMediaType(contentType: string): string {
  return (contentType.split(';', 1)[0] ?? '').trim().toLowerCase();
}

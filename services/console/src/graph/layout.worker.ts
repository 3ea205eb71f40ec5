import { layOut, type LayoutRequest } from './graph-layout.js';

// A layout of a few hundred nodes takes a second or more, which the page must not wait for.
self.onmessage = ({ data }: MessageEvent<LayoutRequest>): void => {
  self.postMessage(layOut(data));
};

/**
 * The page of a local inspector server: it frames the hosted inspector and hands on to it what the
 * server streams. The hosted page cannot ask this machine for anything, and is told only what it
 * shows.
 */
import { createHash } from 'node:crypto';

const style =
  'html, body, iframe { margin: 0; width: 100%; height: 100%; border: 0; display: block }';

/**
 * The stream is opened anew whenever the inspector says that it is ready, so that the server's replay
 * is what fills it: nothing is kept here. Only the framed page is heard, and only by its origin.
 */
const scriptFor = (origin: string): string => `
const inspector = document.querySelector('iframe');
const origin = ${JSON.stringify(origin)};
let stream;
const open = () => {
  const opened = new WebSocket('ws://' + location.host);
  const former = stream;
  stream = opened;
  former?.close();
  opened.onmessage = ({ data }) => inspector.contentWindow.postMessage(JSON.parse(data), origin);
  opened.onclose = () => { if (stream === opened) setTimeout(open, 1000); };
};
addEventListener('message', (event) => {
  if (event.source !== inspector.contentWindow || event.origin !== origin) return;
  if (event.data?.type === '@statelyai.connected') open();
});
`;

const hashed = (text: string): string =>
  `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');

export interface Page {
  readonly html: string;
  readonly headers: Readonly<Record<string, string>>;
}

export const pageFraming = (inspector: URL): Page => {
  const script = scriptFor(inspector.origin);
  const policy = [
    "default-src 'none'",
    `script-src ${hashed(script)}`,
    `style-src ${hashed(style)}`,
    `frame-src ${inspector.origin}`,
    'connect-src ws://127.0.0.1:* ws://localhost:*',
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ];
  return {
    html: `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Greenwave in the Stately inspector</title>
<style>${style}</style>
<body>
<iframe src="${escaped(inspector.href)}" title="Stately inspector" referrerpolicy="no-referrer"></iframe>
<script>${script}</script>
</body>
</html>
`,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policy.join('; '),
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    },
  };
};

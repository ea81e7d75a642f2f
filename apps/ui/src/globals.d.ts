/** Set by public/boot.js: the nonce for style tags that overlay libraries insert. */
interface Window {
  __webpack_nonce__?: string;
}

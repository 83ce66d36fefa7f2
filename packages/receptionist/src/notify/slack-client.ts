/**
 * The SDK behind a static import: it is CommonJS, whose names a bundle loses when it is imported dynamically itself. So this
 * file is what is loaded late.
 */
export { WebClient } from '@slack/web-api';

import List from './list.ts';

/** `adminctl fallback` alone is `adminctl fallback list`. */
export default class Fallback extends List {}

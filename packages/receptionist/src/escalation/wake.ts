/**
 * Says that there is something to look at. Only a hint: the row alone holds what is to be done, and a wake that is lost
 * costs at most the time until the next sweep.
 */
export interface Wake {
  ring(): void;
}

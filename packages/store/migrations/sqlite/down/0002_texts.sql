drop table outgoing_texts;
drop table text_opt_outs;
drop table incoming_texts;
drop table text_threads;

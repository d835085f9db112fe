-- That reads of an erased company stay out is seen to where they are kept (`keep_datasets`). A table with a trigger has each statement copy the pages
-- it changes, in case it fails halfway, and reads are by far the most rows that are written one by one.
DROP TRIGGER IF EXISTS datasets_kept_out;

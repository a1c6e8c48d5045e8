SELECT /*columns*/
FROM (/*traces*/) AS traces
/*joins*/
WHERE 1
  /*window*/

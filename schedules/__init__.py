"""When: how often each question is asked, in which hours, and which session runs next, on one machine or many."""

"""Human work: who is asked, what an answer must hold, deadlines in working time, and who is told what."""

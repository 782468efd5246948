extension ManualPage {
  static let checks = ManualPage(
    topic: "checks", title: "What is checked, and when",
    text: #"""
      A check that fails rolls the chunk back or refuses the command. Nothing is
      skipped silently.

        Does anything stand in the way?
            check and stage: both servers, roles, hypertables (see findings).
        Are these the databases that were staged, and not an older state of them?
        Are source and target different databases?
            Every command, at the start and for each new session.
        Could source and target be exchanged?
            stage: the rows of the staged range. copy: the rows of each chunk,
            before its commit.
        Is what was staged still there?
            copy and verify: each chunk's bounds, before it is read; the list of
            chunks, at the end.
        Did the chunk stay the same while it was read?
            copy and verify, after reading: the same files, and for a partially
            compressed chunk the same state.
        Did every row that was sent arrive?
            copy, after each stream: rows sent against rows accepted.
        Do batches mean the same on the target?
            copy and verify, when a compressed chunk is planned.
        Are the columns' types defined alike?
            stage, copy and verify: once, and for each chunk.
        Does no row belong to two tasks?
            stage, when the queue is written; copy, at each claim.
        Is everything done?
            copy and verify, at the end, from the queue on disk.
        Are the values equal?
            verify: count and checksum of each chunk, and rows beside all chunks.
      """#)
}

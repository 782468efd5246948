extension ManualPage {
  static let durability = ManualPage(
    topic: "durability", title: "What survives a crash",
    text: #"""
      A chunk's rows and its mark in the queue commit in one transaction on the
      target. A crash anywhere leaves either the whole chunk or nothing of it. The
      claim on a chunk is a row lock, which the server releases when the session ends.

      Workers commit with synchronous_commit = off. If the target's server crashes,
      the commits of the last moments may be lost, each with its mark in the queue.
      The next copy does these chunks again. A run that ends by itself, or after the
      first Ctrl-C, makes all its commits durable before it reports success.

      After a power failure of the client's host, nothing needs to be repaired there:
      the program keeps no state outside the target.
      """#)
}

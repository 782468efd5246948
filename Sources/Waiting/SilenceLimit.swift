/// How long a silent server is waited for. A statement may rightly take hours without a byte, and TCP only notices a
/// host that is gone, not a server process that is stopped or stuck. So after a time of silence the server is asked over
/// a connection of its own whether it is there; when it doesn't answer twice in a row, the session is given up.
public struct SilenceLimit: Sendable, Equatable {
  /// Milliseconds of silence before the server is asked.
  public let milliseconds: Int32
  /// Seconds that it has for an answer.
  public let answerTime: Int32

  /// - Parameter silence: how long a server may say nothing before it is asked. It has half as long for its answer, but at
  ///   least two seconds, which is libpq's own least
  ///   (https://www.postgresql.org/docs/16/libpq-connect.html#LIBPQ-CONNECT-CONNECT-TIMEOUT).
  public init(silence: Duration = .seconds(20)) {
    let seconds = min(max(silence / .seconds(1), 0.001), 86_400)
    milliseconds = Int32(seconds * 1000)
    answerTime = max(2, Int32(seconds / 2))
  }
}

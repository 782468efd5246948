import Glibc
import Postgres
import Waiting

extension DedicatedThread {
  /// Keeps the calling thread, which is to be one of its own, asleep.
  static func sleep(_ duration: Duration) {
    var time = timespec(duration)
    var rest = timespec()
    while nanosleep(&time, &rest) != 0, errno == EINTR { time = rest }
  }
}

extension timespec {
  init(_ duration: Duration) {
    let parts = duration.components
    self.init(tv_sec: Int(parts.seconds), tv_nsec: Int(parts.attoseconds / 1_000_000_000))
  }
}

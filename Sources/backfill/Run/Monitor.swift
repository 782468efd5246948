import Glibc

/// A value that threads change and wait for, as POSIX has it: a mutex and a condition variable.
final class Monitor<Value>: @unchecked Sendable {
  // Unchecked: the value is only touched with the mutex held, and both objects keep their addresses, as POSIX demands.
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var value: Value

  init(_ value: sending Value) {
    self.value = value
    pthread_mutex_init(mutex, nil)
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    // The time of day may be set while somebody waits.
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(changed, &attributes)
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    pthread_cond_destroy(changed)
    pthread_mutex_destroy(mutex)
    changed.deallocate()
    mutex.deallocate()
  }

  /// Changes the value, and wakes those who wait for it.
  func change<Result>(_ body: (inout Value) -> Result) -> Result {
    pthread_mutex_lock(mutex)
    defer {
      pthread_cond_broadcast(changed)
      pthread_mutex_unlock(mutex)
    }
    return body(&value)
  }

  /// Waits until the value is as wanted.
  ///
  /// - Parameter limit: how long at most; nil is for ever.
  /// - Returns: false if the time is up first.
  @discardableResult
  func wait(atMost limit: Duration? = nil, until isWanted: (Value) -> Bool) -> Bool {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    let deadline = limit.map(Self.deadline)
    while !isWanted(value) {
      guard var deadline else {
        pthread_cond_wait(changed, mutex)
        continue
      }
      if pthread_cond_timedwait(changed, mutex, &deadline) == ETIMEDOUT { return isWanted(value) }
    }
    return true
  }

  private static func deadline(_ limit: Duration) -> timespec {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return timespec(.seconds(now.tv_sec) + .nanoseconds(now.tv_nsec) + limit)
  }
}

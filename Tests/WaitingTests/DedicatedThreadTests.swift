import Glibc
import Testing
import Waiting

@Suite("A dedicated thread", .timeLimit(.minutes(10))) struct DedicatedThreadTests {
  private struct Failed: Error, Equatable { let number: Int }

  @Test("gives back what its work returns") func value() async {
    #expect(await DedicatedThread.run { 6 * 7 } == 42)
  }

  @Test("gives back what its work throws, with its type") func failure() async {
    do throws(Failed) {
      try await DedicatedThread.run { () throws(Failed) in throw Failed(number: 3) }
      Issue.record("nothing was thrown")
    } catch {
      #expect(error == Failed(number: 3))
    }
  }

  /// All wait for each other, so they can only end if each has a thread, however few cores there are.
  @Test("is one for each piece of work") func many() async {
    let count = 40
    let barrier = Barrier(count)
    let threads = await withTaskGroup(of: UInt.self) { group in
      for _ in 0..<count {
        group.addTask {
          await DedicatedThread.run {
            barrier.wait()
            return UInt(pthread_self())
          }
        }
      }
      return await group.reduce(into: Set<UInt>()) { $0.insert($1) }
    }
    #expect(threads.count == count)
  }
}

/// Unchecked, as a pthread barrier is made for being used by many threads.
private final class Barrier: @unchecked Sendable {
  private let barrier = UnsafeMutablePointer<pthread_barrier_t>.allocate(capacity: 1)

  init(_ count: Int) { pthread_barrier_init(barrier, nil, UInt32(count)) }

  deinit {
    pthread_barrier_destroy(barrier)
    barrier.deallocate()
  }

  func wait() { pthread_barrier_wait(barrier) }
}

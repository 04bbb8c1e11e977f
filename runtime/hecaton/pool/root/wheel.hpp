// Wheel: which thread drives a pool.
//
// To drive means to take steps, one thread at a time, and to sleep on a bell between them. The Work says what a step
// does. At most one thread is in the driver's seat:
//
//              drive_until(), drive_for_now(), step_for_now()
//       +--------------------------------------------------------+
//       |                                                        v
//   +------+  its condition holds, its deadline came   +-------------------+
//   |      | <---------------------------------------- |  a caller drives  |
//   | free |                                           +-------------------+
//   |      |  a caller waits, or no work is open       +-------------------+
//   |      | <---------------------------------------- |   the background  |
//   +------+                                           |   thread drives   |
//       |                                              +-------------------+
//       |   work is open, no caller waits or left for now        ^
//       +--------------------------------------------------------+
//
// A caller that finds the seat taken waits for its turn. After stop() the seat stays free, and no step is taken.
//
// The root's own worker can take steps too, in passing, between two of its items: then there are not more busy threads
// than ranks. While it does, the thread in the seat stands by:
//
//   +-------------+   the worker steps in passing                   +-----------+
//   | takes steps | ----------------------------------------------> | stands by |
//   |             | <---------------------------------------------- |           |
//   +-------------+   it falls asleep, or one of its items is long  +-----------+
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <hecaton/foundation/deadline.hpp>
#include <hecaton/tasks/this_task.hpp>
#include <hecaton/transport/bell.hpp>
#include <memory>
#include <mutex>
#include <thread>

namespace hecaton::detail {

class Wheel {
  public:
    /// What is driven. Only one thread at a time calls step() and longest_sleep(); any thread may call the others.
    class Work {
      public:
        /// Takes in what has come and carries out what follows from it. Returns whether there was anything. Throws
        /// nothing.
        virtual bool step() = 0;
        /// How long the thread that drives may sleep on the bell now if it waits until `deadline`.
        virtual std::chrono::nanoseconds longest_sleep(Deadline deadline) = 0;
        /// Whether there is anything to do when no caller waits.
        virtual bool open() const noexcept = 0;
        /// Whether a thread iterates over results. It drives itself, since they are for it, and may stay away without
        /// a word.
        virtual bool iterated() const noexcept = 0;
        /// Whether the worker that steps in passing has been in one item for longer than `time`.
        virtual bool passing_worker_busy_for(std::chrono::nanoseconds time) const noexcept = 0;

      protected:
        ~Work() = default;
    };
    struct Setup {
        std::shared_ptr<Bell::Word> bell = nullptr;  ///< of the bell, where other processes ring it
        bool background = true;                      ///< whether a thread of the wheel may take steps
        bool passing = false;                        ///< whether a worker steps in passing
        WorkerContext context = {};                  ///< of the background thread
    };
    /// A look at the state of the work. It is called by several threads at once and must not take steps.
    using Condition = std::function<bool()>;

    Wheel(Work& work, Setup setup);
    /// As stop().
    ~Wheel();
    Wheel(const Wheel&) = delete;
    Wheel& operator=(const Wheel&) = delete;

    /// Drives, or waits for its turn, until `done` holds. False when the deadline or stop() came first. The step in
    /// which `done` came true is over when it returns.
    bool drive_until(const Condition& done, Deadline deadline = no_deadline);
    /// The same for a thread that iterates over results and will be back soon, most likely: the background thread takes
    /// over only when it is not. The last step may not be over yet.
    void drive_for_now(const Condition& done);
    /// One step by such a thread, unless another one drives, which is then told that there is something to do.
    void step_for_now();
    /// The calling thread will iterate over results soon, most likely.
    void leave_for_now();

    /// From now on the background thread drives when nobody else does, where there may be one.
    void start_background();
    /// Takes no more steps, and ends the background thread. Waits for a step that is being taken. Can be repeated.
    void stop();

    /// A step by the root's own worker, between two items. False when nothing came of it, or others have to drive.
    bool step_in_passing();
    /// The worker takes no more steps before its next step_in_passing().
    void end_passing();

    /// Whoever drives or waits looks again. Any thread, also inside a step.
    void wake();
    /// The same, for news of which only those who wait may be waiting; cheap when nobody does.
    void wake_waiters();
    /// How many callers wait or drive.
    int waiting() const noexcept { return waiting_.load(); }
    /// Rung by whoever has something for the next step.
    Bell& bell() noexcept { return bell_; }

  private:
    using Clock = std::chrono::steady_clock;
    using Lock = std::unique_lock<std::mutex>;

    bool take_turns(Lock& lock, const Condition& done, Deadline deadline);
    void drive_alone(Lock& lock, const Condition& done, Deadline deadline);
    void drive(const Condition& done, Deadline deadline);
    void leave_for_now(Lock& lock);
    void run_background();
    bool step();
    std::chrono::nanoseconds longest_sleep(Deadline deadline);
    bool may_pass() const noexcept;
    bool relieved() const noexcept;
    void stand_by(const Condition& done, std::chrono::nanoseconds longest);
    void rouse();

    Work& work_;
    const Setup setup_;
    Bell bell_{setup_.bell};  // who drives sleeps on it
    Bell standby_bell_;       // who stands by sleeps on it

    std::mutex step_mutex_;             // held during a step. It may be taken before control_, never after it
    std::atomic<bool> passing_{false};  // the root's own worker is awake, and steps in passing

    std::mutex control_;  // guards driving_, background_ and left_for_now_
    std::condition_variable changed_;
    bool driving_ = false;  // a thread is in the seat
    std::thread background_;
    Clock::time_point left_for_now_;  // when a thread that iterates last stopped driving
    std::atomic<bool> stopping_{false};
    std::atomic<int> waiting_{0};
};

}  // namespace hecaton::detail

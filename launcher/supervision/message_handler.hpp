// Handles the shims' messages: they change the table of the ranks and the run's phase, and carry output.
#pragma once

#include <chrono>
#include <string>

#include <launcher/base/poll_set.hpp>
#include <launcher/link/channel.hpp>
#include <launcher/live/live.hpp>
#include <launcher/supervision/interrupt.hpp>
#include <launcher/supervision/lifecycle.hpp>
#include <launcher/supervision/output.hpp>
#include <launcher/supervision/rank_table.hpp>
#include <launcher/supervision/shims.hpp>
#include <launcher/supervision/standard_input.hpp>
#include <launcher/supervision/supervise.hpp>

namespace hecaton::launcher {

class MessageHandler {
  public:
    MessageHandler(const Supervision& what, Output& output, RankTable& ranks, Lifecycle& life, Shims& shims,
                   StandardInput& input, Interrupt& interrupt, Live& live)
        : what_(what),
          output_(output),
          ranks_(ranks),
          life_(life),
          shims_(shims),
          input_(input),
          interrupt_(interrupt),
          live_(live) {
        if (life.job_end()) ranks.limit_time();
    }

    /// Sends and receives; `events` are those of poll().
    void serve(Channel& channel, short events);
    /// The shim is gone, or does not answer.
    void lost(Channel& channel);
    /// The time of time_passed(), where there is something to wait for.
    Deadline next_time() const { return earlier(look_for_doubles_, what_.told ? Deadline(ask_at_) : Deadline()); }
    void time_passed(std::chrono::steady_clock::time_point now);
    /// The batch system says that the job's end is near.
    void warned();
    /// Asks the ranks for what they run; `aloud`: which is then said.
    void ask(bool aloud);
    /// A crash card was shown for a rank that has failed.
    bool card_shown() const { return card_shown_; }

  private:
    void handle(Channel& channel, const link::Frame& frame);
    void welcome(Channel& channel, const link::Frame& frame);
    void refuse(const std::string& text);
    void tell_time(Channel& channel);
    void loaded(int rank, const std::string& library);
    void wrote_error(int rank, const std::string& bytes);
    void told(int rank, const link::Call& call);
    void interrupt_answered(bool taken);
    void failed(int rank);
    void survived(int rank);

    const Supervision& what_;
    Output& output_;
    RankTable& ranks_;
    Lifecycle& life_;
    Shims& shims_;
    StandardInput& input_;
    Interrupt& interrupt_;
    Live& live_;
    bool card_shown_ = false;
    std::size_t losses_ = 0;  // of ranks that the job goes on without
    Deadline look_for_doubles_;
    std::chrono::steady_clock::time_point ask_at_;  // rank 0 for its progress, where somebody wants to know
    bool double_said_ = false;
};

}  // namespace hecaton::launcher

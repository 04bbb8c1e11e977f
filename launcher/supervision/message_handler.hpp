// Handles the shims' messages: they change the table of the ranks and the run's phase, and carry output.
#pragma once

#include <string>

#include <launcher/link/channel.hpp>
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
                   StandardInput& input)
        : what_(what), output_(output), ranks_(ranks), life_(life), shims_(shims), input_(input) {}

    /// Sends and receives; `events` are those of poll().
    void serve(Channel& channel, short events);
    /// The shim is gone, or does not answer.
    void lost(Channel& channel);
    /// A crash card was shown for a rank that has failed.
    bool card_shown() const { return card_shown_; }

  private:
    void handle(Channel& channel, const link::Frame& frame);
    void welcome(Channel& channel, const link::Frame& frame);
    void refuse(const std::string& text);
    void loaded(int rank, const std::string& library);
    void failed(int rank);

    const Supervision& what_;
    Output& output_;
    RankTable& ranks_;
    Lifecycle& life_;
    Shims& shims_;
    StandardInput& input_;
    bool card_shown_ = false;
};

}  // namespace hecaton::launcher

// The launcher's loop while ranks run. One thread; nothing in it blocks.
#pragma once

#include <sys/signalfd.h>

#include <chrono>
#include <csignal>
#include <list>
#include <optional>
#include <string>

#include <launcher/engines/process.hpp>
#include <launcher/link/channel.hpp>
#include <launcher/supervision/rank_table.hpp>
#include <launcher/supervision/supervise.hpp>

namespace hecaton::launcher {

/// One run, from the start of the engine to the end of the last shim.
class Supervisor {
  public:
    Supervisor(const Supervision& what, Output& output);
    int run();

  private:
    using clock = std::chrono::steady_clock;
    using time = std::optional<clock::time_point>;

    // What the engine says about a failure may come so much later than what its shim says.
    static constexpr std::chrono::milliseconds engine_says_late{300};

    // supervisor.cpp: the loop
    void listen();
    void start(const sigset_t& mask);
    bool finished() const;
    void step();
    void finish_output();
    int wait_for() const;
    void accept(Descriptor& listener, bool local);
    void read_engine(Descriptor& from);
    void read_input();
    bool has_room_for_input() const;
    bool input_wanted() const;
    void reap();
    int status() const;

    // supervisor_events.cpp: what follows from what happens
    void serve(Channel& connection);
    void handle(Channel& connection, const link::Frame& frame);
    void welcome(Channel& connection, link::Hello hello);
    void refuse(const std::string& text);
    void loaded(int rank, const std::string& library);
    void rank_ended(Channel& connection, const link::Ended& how);
    void failed(int rank);
    void lost(Channel& connection);
    void end_all(int signal);
    void let_go();
    void on_signal(const signalfd_siginfo& info);
    void suspend();
    void watch_deadlines();

    // supervisor_words.cpp: what is said besides the ranks' output
    void show_map();
    void say_ends();
    void pass_on_engine(bool at_the_end);
    void show_causes();
    void say_loss();

    // supervisor_missing.cpp: ranks that do not come
    void expect_more();
    void say_missing();

    const Supervision& what_;
    Output& output_;
    RankTable ranks_;
    link::Address address_;
    Descriptor signals_;
    Descriptor local_;
    Descriptor far_;
    EngineProcess engine_;
    std::list<Channel> connections_;
    std::string engine_says_;
    time engine_said_at_;

    std::size_t input_not_taken_ = 0;
    bool input_ended_ = false;
    bool engine_gone_ = false;
    bool hard_ = false;  // the engine did not end by itself: it may have left something
    int engine_result_ = 0;
    bool let_go_ = false;
    bool ending_ = false;  // the ranks were asked to end
    bool card_shown_ = false;
    bool cause_shown_ = false;
    bool cause_told_ = false;
    bool cause_lost_ = false;
    bool missing_said_ = false;
    int engine_asked_ = 0;  // how often it was asked to end
    int signal_ = 0;        // the first that asked us to end
    int verdict_ = 0;       // a status that goes before the ranks': refused, timed out
    time signal_at_;
    time limit_;            // --timeout
    time missed_at_;        // say then which ranks have not come
    time end_at_;           // ask all ranks to end then
    time give_up_at_;       // shims that have not answered by then are lost
    time engine_deadline_;  // ask the engine to end then
};

}  // namespace hecaton::launcher

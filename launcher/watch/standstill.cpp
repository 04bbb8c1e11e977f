#include <launcher/watch/standstill.hpp>

#include <sys/wait.h>

#include <csignal>

namespace hecaton::launcher {
namespace {

using namespace std::chrono_literals;
using detail::RankStage;

constexpr auto finalize_takes = 1s;
constexpr auto between_finalize_looks = 100ms;

}  // namespace

void Standstill::signalled(int signal) {
    if (signal == SIGSTOP) stopped_by_us_ = true;
    if (signal == SIGCONT) stopped_by_us_ = false;
}

void Standstill::changed(int result, time now) {
    hung_at_.reset();
    if (WIFSTOPPED(result) && WSTOPSIG(result) == SIGSTOP && !stopped_by_us_) hung_at_ = now + stopped_;
}

void Standstill::another_is_lost(time now) {
    if (!look_at_) look_at_ = now;
}

Standstill::Verdict Standstill::look(time now) {
    if (hung_at_ && now >= *hung_at_) {
        hung_at_.reset();
        if (notes_.stage() != RankStage::other) return Verdict::hung;
    }
    if (!look_at_ || now < *look_at_) return Verdict::fine;
    look_at_ = now + between_finalize_looks;
    if (notes_.stage() != RankStage::leaving) {
        since_.reset();
        return Verdict::fine;
    }
    if (!since_) since_ = now;
    return now - *since_ < finalize_takes ? Verdict::fine : Verdict::in_finalize;
}

}  // namespace hecaton::launcher

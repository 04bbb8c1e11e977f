// What the thread that calls a pool computes by itself, as tests want it.
#pragma once

#include <hecaton/pool/root/blocking_calls.hpp>

using hecaton::detail::CallersPart;

/// What callers do, for as long as it lives.
class Callers {
  public:
    explicit Callers(CallersPart part) : before_(hecaton::detail::callers_part.exchange(part)) {}
    ~Callers() { hecaton::detail::callers_part.store(before_); }
    Callers(const Callers&) = delete;
    Callers& operator=(const Callers&) = delete;

  private:
    const CallersPart before_;
};

inline constexpr CallersPart all_parts[] = {CallersPart::nothing, CallersPart::everything,
                                            CallersPart::everything_small, CallersPart::as_pays};

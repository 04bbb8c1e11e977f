// Where pool calls are not allowed: inside tasks and inside on_complete callbacks.
#pragma once

namespace hecaton::detail {

/// Marks this thread as running a callback for as long as it lives.
class InCallback {
  public:
    InCallback();
    ~InCallback();
    InCallback(const InCallback&) = delete;
    InCallback& operator=(const InCallback&) = delete;

  private:
    bool outer_;
};

/// Whether this thread runs a task or a callback, or the process is a copy of a rank.
bool nested() noexcept;

/// Throws UsageError, naming `call`, when this thread runs a task or a callback.
void refuse_nested(const char* call);

}  // namespace hecaton::detail

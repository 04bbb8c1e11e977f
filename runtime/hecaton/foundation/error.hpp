// The errors that hecaton throws.
//
// Error and TaskError are interfaces without a std::exception base: a second one would make
// `catch (const std::exception&)` ambiguous, and an ambiguous handler is skipped. Each object that is thrown derives
// from exactly one standard exception and from the interface, so all three kinds of handler work.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

namespace hecaton {

/// Everything that hecaton throws can be caught as this. Derived virtually, so that an object has one Error however
/// many of the interfaces below it implements.
class Error {
  public:
    virtual ~Error();
    virtual const char* what() const noexcept = 0;

  protected:
    Error() = default;
    Error(const Error&) = default;
    Error& operator=(const Error&) = default;
};

namespace detail {
/// "std::out_of_range: no such key"; "Silent (no text)" where the text is empty.
std::string type_and_text(const std::string& type_name, const std::string& text);
}  // namespace detail

/// What failed in a task: an exception that it threw, or the loss of the process that ran it.
class TaskError : public virtual Error {
  public:
    /// The item's position in the input of its map, from 0.
    std::uint64_t index() const noexcept { return index_; }
    /// The rank, in the pool's communicator, that ran the item; -1 where no rank did.
    int rank() const noexcept { return rank_; }
    /// The name of that rank's host.
    const std::string& host() const noexcept { return host_; }
    /// The exception's dynamic type as written in C++, for example "std::out_of_range".
    const std::string& type_name() const noexcept { return type_name_; }
    /// The exception's own text, as what() gave it on the rank that threw; empty where that was a null pointer.
    const std::string& text() const noexcept { return text_; }
    /// One line that says what and where: "std::out_of_range: no such key (item 3, rank 1 on node7)".
    std::string describe() const;
    const char* what() const noexcept override { return text_.c_str(); }

  protected:
    TaskError(std::uint64_t index, int rank, std::string host, std::string type_name, std::string text);

  private:
    std::uint64_t index_;
    int rank_;
    std::string host_;
    std::string type_name_;
    std::string text_;
};

/// A call that cannot be right, whatever happens: a closed communicator, a negative count, a pool call inside a task.
class UsageError : public std::logic_error, public virtual Error {
  public:
    using std::logic_error::logic_error;
    const char* what() const noexcept override { return std::logic_error::what(); }
};

/// New work for a pool after close(), terminate() or its end.
class PoolClosed : public UsageError {
  public:
    using UsageError::UsageError;
};

/// The work was cancelled (AsyncResult::cancel, Pool::terminate) before it was finished.
class TaskCancelled : public std::runtime_error, public virtual Error {
  public:
    using std::runtime_error::runtime_error;
    const char* what() const noexcept override { return std::runtime_error::what(); }
};

/// An MPI call failed; the text names the call and gives MPI's own words.
class MpiError : public std::runtime_error, public virtual Error {
  public:
    using std::runtime_error::runtime_error;
    const char* what() const noexcept override { return std::runtime_error::what(); }
};

/// A Process could not be started; the text says where, and gives the system's reason.
class ProcessError : public std::runtime_error, public virtual Error {
  public:
    using std::runtime_error::runtime_error;
    const char* what() const noexcept override { return std::runtime_error::what(); }
};

/// Bytes that do not decode to the type that was asked for: truncated, too long, or garbage.
class DecodeError : public std::runtime_error, public virtual Error {
  public:
    using std::runtime_error::runtime_error;
    const char* what() const noexcept override { return std::runtime_error::what(); }
};

/// The journal belongs to another program, is truncated, or cannot be written.
class JournalError : public std::runtime_error, public virtual Error {
  public:
    using std::runtime_error::runtime_error;
    const char* what() const noexcept override { return std::runtime_error::what(); }
};

/// The rank or the sandbox that ran the item died, MapOptions::attempts times; the text names the signal where there
/// was one. See docs/survival.md.
class WorkerLost : public std::runtime_error, public TaskError {
  public:
    WorkerLost(std::uint64_t index, int rank, std::string host, const std::string& text);
    const char* what() const noexcept override { return TaskError::what(); }
};

/// The item ran longer than MapOptions::timeout, and its process was ended.
class TaskTimeout : public std::runtime_error, public TaskError {
  public:
    TaskTimeout(std::uint64_t index, int rank, std::string host, const std::string& text);
    const char* what() const noexcept override { return TaskError::what(); }
};

}  // namespace hecaton

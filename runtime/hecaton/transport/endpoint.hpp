// The byte transport: messages between the ranks of a pool, over MPI or inside one process.
//
// A message is a head (small records, copied) and at most one bulk: a big block that is sent from where it lies and
// received where the receiver wants it. Messages from one rank to another arrive in the order in which they were sent.
#pragma once

#include <chrono>
#include <cstddef>
#include <hecaton/foundation/buffer.hpp>
#include <memory>
#include <span>

namespace hecaton::detail {

/// Bytes that travel without a copy; `owner` keeps them alive where that is needed.
struct Bulk {
    const std::byte* data = nullptr;
    std::size_t size = 0;
    std::shared_ptr<const void> owner;
};

struct Message {
    Buffer head;
    Bulk bulk;
    bool head_lost = false;  ///< there was no memory for it: nothing is known of the message but that it has come
    bool bulk_lost =
        false;  ///< the bulk has come, but there was no memory for it, or nobody wanted it: `bulk` is empty
};

/// Where a receiver wants the bulk of a message whose head has arrived.
class Landing {
  public:
    virtual ~Landing() = default;
    /// Returns room for `size` bytes, or null: then memory is allocated, which the message's bulk owns.
    virtual std::byte* place(int from, std::span<const std::byte> head, std::size_t size) = 0;
    /// Whether anybody wants it; asked before place().
    virtual bool wants(std::span<const std::byte> /*head*/) { return true; }
};

/// One rank's end of the transport. Not thread-safe: its users hold a lock of their own.
class Endpoint {
  public:
    virtual ~Endpoint() = default;
    /// Sends to rank `to`, never waiting. The bulk's bytes must not change until the receiver has answered for
    /// them, or be owned by the message. When it throws nothing was sent, and the message is gone.
    virtual void send(int to, Message message) = 0;
    /// Takes the next message, whole, if there is one; makes progress with the others. Sets `from` to the sender's
    /// rank. When it throws nothing is lost: what has come is there for the next call.
    virtual bool poll(int& from, Message& message, Landing& landing) = 0;
    /// True when all sent messages have left this process.
    virtual bool drained() = 0;
    /// That rank is gone: what it has not taken it never will, and what came of a message that is not whole is dropped.
    /// Nothing is sent to it any more.
    virtual void forget(int /*rank*/) {}
    /// True when no message is half in: nothing is being received into anybody's memory.
    virtual bool received_whole() const { return true; }
    /// How long a polling thread may sleep on its bell now: long when every message that may come rings it.
    virtual std::chrono::nanoseconds longest_sleep() = 0;
};

}  // namespace hecaton::detail

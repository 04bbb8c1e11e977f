// Descriptor: an open file, socket or pipe of this process, which is closed with the object.
#pragma once

namespace hecaton::detail {

class Descriptor {
  public:
    Descriptor() noexcept = default;
    /// Takes over `number`; a negative one stands for nothing.
    explicit Descriptor(int number) noexcept : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(other.release()) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        reset(other.release());
        return *this;
    }
    ~Descriptor() { reset(); }

    int get() const noexcept { return number_; }
    explicit operator bool() const noexcept { return number_ >= 0; }
    /// Gives the number away without closing it.
    int release() noexcept {
        const int number = number_;
        number_ = -1;
        return number;
    }
    /// Closes it, and takes over `number`.
    void reset(int number = -1) noexcept;

  private:
    int number_ = -1;
};

/// The two ends of a pipe.
struct Pipe {
    Descriptor read;
    Descriptor write;
};

/// A pipe that programs started by this process do not inherit. Without ends, and with errno, where there is none.
Pipe make_pipe() noexcept;

/// Two connected stream sockets, which are not inherited either.
struct SocketPair {
    Descriptor ours;
    Descriptor theirs;
};

/// Throws std::system_error where there are none.
SocketPair make_socket_pair();

}  // namespace hecaton::detail

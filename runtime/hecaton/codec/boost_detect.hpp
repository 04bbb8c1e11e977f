// Has a type a Boost.Serialization `serialize`? Answers without calling it, and also for private members.
#pragma once

#include <boost/serialization/serialization.hpp>
#include <type_traits>

namespace hecaton::detail {

// A namespace of its own: what it declares is looked at for calls with this archive, and for no others.
namespace serialize_probe {

struct Archive {
    using is_loading = std::false_type;
    using is_saving = std::true_type;
};

// As general as Boost's own function that hands on to the member. A call that only the two of them fit is ambiguous, so
// it is well-formed exactly when there is a `serialize` for that very type.
template <class A, class T>
void serialize(A&, T&, const unsigned int);
template <class A, class T>
void load_construct_data(A&, T*, const unsigned int);

template <class T>
concept Function = requires(Archive& archive, T& value, const boost::serialization::version_type version) {
    serialize(archive, value, version);
};

template <class T>
concept Construct = requires(Archive& archive, T* value, const boost::serialization::version_type version) {
    load_construct_data(archive, value, version);
};

struct Other {
    void serialize();
};
template <class T>
struct Both : T, Other {};

template <class T>
consteval bool member() {
    if constexpr (!std::is_class_v<T>) {
        return requires(T & value, Archive & archive) { value.serialize(archive, 0U); };
    } else if constexpr (std::is_final_v<T>) {  // cannot be derived from: a private member stays unseen
        return requires(T & value, Archive & archive) { value.serialize(archive, 0U); };
    } else {
        return !requires { &Both<T>::serialize; };  // ambiguous: T has a member of that name, public or not
    }
}

}  // namespace serialize_probe

/// T has a `serialize`: a member, or a function that is found for it.
template <class T>
concept HasSerialize = (std::is_class_v<T> || std::is_union_v<T>)&&(serialize_probe::member<T>() ||
                                                                    serialize_probe::Function<T>);

/// T can be made of what its `serialize` wrote, and moved to where it belongs.
template <class T>
concept BoostSerializable = !std::is_abstract_v<T> && std::is_move_constructible_v<T> && HasSerialize<T>;

/// A T is written and read where it lies, behind a pointer: as whatever class it really is.
template <class T>
concept BoostPointee = HasSerialize<T> &&(std::is_polymorphic_v<T> || !std::is_move_constructible_v<T>);

/// T has a `load_construct_data` of its own.
template <class T>
concept BoostConstructible = serialize_probe::Construct<T>;

}  // namespace hecaton::detail

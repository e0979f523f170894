mod accepted;
mod hostile;
mod make;
mod real;
